"""Several people acting at the same moment, each on a connection of their own to the real database."""

import threading

from django.db import connection

from applications.models import ForbiddenTransition


def at_once(*acts) -> list[str]:
    """Do each act in a thread of its own, all at the same moment: sorted, « done » or « refused » for each."""
    outcomes, ready = [], threading.Barrier(len(acts))

    def run(act):
        try:
            ready.wait(timeout=20)
            act()
            outcomes.append("done")
        except ForbiddenTransition:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)
