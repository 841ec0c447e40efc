// One real OpenID provider for each `{port, client, secret, redirect, thin}` of the first argument.
// Anybody may log in by any name. `thin`: the ID token says who, and userinfo says the rest.
import { Provider } from 'oidc-provider'

const account = (id) => ({
  accountId: id,
  claims: () => ({
    sub: id,
    email: `${id}@people.example`,
    email_verified: !id.startsWith('unverified'),
    name: `Name of ${id}`,
  }),
})

const provider = ({ port, client, secret, redirect, thin }) =>
  new Provider(`http://127.0.0.1:${port}`, {
    clients: [{ client_id: client, client_secret: secret, redirect_uris: [redirect] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: thin,
    features: { devInteractions: { enabled: true } },
    findAccount: (ctx, id) => account(id),
    pkce: { required: () => true },
  })

await Promise.all(
  JSON.parse(process.argv[2]).map(
    (one) => new Promise((listening) => provider(one).listen(one.port, '127.0.0.1', listening)),
  ),
)
console.log('listening')
