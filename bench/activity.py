"""Did two simulators run the same network? For tools/ that compare how fast they are."""
import os
import sys


def check_rates(network, ours, theirs, tolerance):
    """Exit where a population's rate differs by more than this part of the other simulator's."""
    for population, rate in theirs["rates"].items():
        mine = ours["rates"][population]
        if abs(mine - rate) > tolerance * rate:
            sys.exit(f"{os.path.basename(sys.argv[0])}: {network}: {population} fires at "
                     f"{mine:.3g} Hz in hillock and at {rate:.3g} Hz in {theirs['peer']}: "
                     f"not the same activity, so not compared")
