"""How hypothesis draws: the same examples at each run of `make test`, so that it passes or fails for all alike.

`pytest --hypothesis-profile=explore` draws new ones.
"""

from hypothesis import HealthCheck, settings

# No deadline and no complaint of slow drawing: both measure the machine.
settings.register_profile("steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
