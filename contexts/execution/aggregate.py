from contexts.execution.evolve import evolve
from contexts.execution.state import Execution
from contexts.kernel import Aggregate

EXECUTION = Aggregate("execution", Execution, evolve, snapshot_every=500, ended=lambda state: state.ended)
