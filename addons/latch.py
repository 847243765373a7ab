"""`mitmdump -s addons/latch.py --mode reverse:http://localhost:3000`: a launcher without logic.

mitmproxy reloads a script when it changes, and a script that does not load lets everything through; so there is
nothing to edit here. Works from a checkout with nothing installed but the dependencies.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from nightlatch.proxy.addon import Nightlatch
from nightlatch.web.opening import open_control

addons = [Nightlatch(open_control, guest=True)]
