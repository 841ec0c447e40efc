from contexts.identity import disbanding, invitation, proofs, service, service_keys, support, team, user
from contexts.identity.effects.erase import erase
from contexts.identity.effects.erase_placeless import erase_placeless
from contexts.identity.effects.forget_invited import forget_invited
from contexts.identity.invitation import INVITATIONS
from contexts.identity.policies import (
    when_invitation_accepted,
    when_partner_closed,
    when_partner_created,
    when_tenant_closed,
    when_tenant_provisioned,
)
from contexts.identity.service import SERVICES
from contexts.identity.support import SUPPORT
from contexts.identity.team import TEAM
from contexts.identity.user import USER
from contexts.kernel import Effect, Handler, Policy, Registry
from schemas.access import Permission
from schemas.identity import commands, invitations, services
from schemas.identity import support as s
from schemas.identity.events import TeamDisbanded, UserErased
from schemas.identity.invitations import InvitationAccepted
from schemas.tenancy.events import PartnerCreated, TenantProvisioned
from schemas.tenancy.life import TenantClosed
from schemas.tenancy.partners import PartnerClosed

REGISTRY = Registry(
    context="identity",
    handlers=(
        Handler(commands.RegisterUser, USER, user.register, Permission.INTERNAL),
        Handler(commands.VerifyEmail, USER, user.verify_email, Permission.USERS_MANAGE),
        Handler(commands.RenameUser, USER, user.rename, Permission.SELF),
        Handler(commands.NotePasswordChange, USER, user.note_password_change, Permission.SELF),
        Handler(commands.AddFactor, USER, proofs.add_factor, Permission.SELF),
        Handler(commands.RemoveFactor, USER, proofs.remove_factor, Permission.SELF),
        Handler(commands.LinkIdentity, USER, proofs.link_identity, Permission.SELF),
        Handler(commands.UnlinkIdentity, USER, proofs.unlink_identity, Permission.SELF),
        Handler(commands.DisableUser, USER, user.disable, Permission.USERS_MANAGE),
        Handler(commands.EnableUser, USER, user.enable, Permission.USERS_MANAGE),
        Handler(commands.EraseUser, USER, user.erase, Permission.SELF),
        Handler(commands.NoteErasure, USER, user.note_erasure, Permission.INTERNAL),
        Handler(commands.GrantMembership, TEAM, team.grant, Permission.MEMBERS_MANAGE),
        Handler(commands.ChangeRole, TEAM, team.change_role, Permission.MEMBERS_MANAGE),
        Handler(commands.RevokeMembership, TEAM, team.revoke, Permission.MEMBERS_READ),
        Handler(invitations.Invite, INVITATIONS, invitation.invite, Permission.MEMBERS_MANAGE),
        Handler(invitations.RevokeInvitation, INVITATIONS, invitation.revoke, Permission.MEMBERS_MANAGE),
        Handler(invitations.AcceptInvitation, INVITATIONS, invitation.accept, Permission.INVITATIONS_ACCEPT),
        Handler(invitations.ExpireInvitation, INVITATIONS, invitation.expire, Permission.INTERNAL),
        Handler(invitations.RevokeAllInvitations, INVITATIONS, invitation.revoke_all, Permission.INTERNAL),
        Handler(services.CreateService, SERVICES, service.create, Permission.KEYS_MANAGE),
        Handler(services.SetServiceRole, SERVICES, service.set_role, Permission.KEYS_MANAGE),
        Handler(services.CloseService, SERVICES, service.close, Permission.KEYS_MANAGE),
        Handler(services.IssueKey, SERVICES, service_keys.issue_key, Permission.KEYS_MANAGE),
        Handler(services.RotateKey, SERVICES, service_keys.rotate_key, Permission.KEYS_MANAGE),
        Handler(services.RevokeKey, SERVICES, service_keys.revoke_key, Permission.KEYS_MANAGE),
        Handler(s.StartImpersonation, SUPPORT, support.start, Permission.SUPPORT_ACT),
        Handler(s.EndImpersonation, SUPPORT, support.end, Permission.SUPPORT_ACT),
        Handler(s.RevokeImpersonation, SUPPORT, support.revoke, Permission.SUPPORT_REVOKE),
        Handler(s.ExpireImpersonation, SUPPORT, support.expire, Permission.INTERNAL),
        Handler(s.AllowSupportWrites, SUPPORT, support.allow_writes, Permission.SUPPORT_REVOKE),
        Handler(s.WithdrawSupportWrites, SUPPORT, support.withdraw_writes, Permission.SUPPORT_REVOKE),
        Handler(commands.DisbandTeam, TEAM, disbanding.disband, Permission.INTERNAL),
    ),
    policies=(
        Policy("identity.when_partner_created", PartnerCreated, when_partner_created),
        Policy("identity.when_tenant_provisioned", TenantProvisioned, when_tenant_provisioned),
        Policy("identity.when_invitation_accepted", InvitationAccepted, when_invitation_accepted),
        Policy("identity.when_tenant_closed", TenantClosed, when_tenant_closed),
        Policy("identity.when_partner_closed", PartnerClosed, when_partner_closed),
    ),
    effects=(
        Effect("identity.erase", UserErased, erase),
        Effect("identity.erase_placeless", TeamDisbanded, erase_placeless),
        Effect("identity.forget_accepted", invitations.InvitationAccepted, forget_invited),
        Effect("identity.forget_revoked", invitations.InvitationRevoked, forget_invited),
        Effect("identity.forget_expired", invitations.InvitationExpired, forget_invited),
    ),
)
