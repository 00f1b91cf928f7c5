"""A stand-in for the Omnimetic API, served over real HTTP; it imports nothing of the product.

The vendor has no sandbox. This one speaks the whole contract of the vendor's two documents, has twelve
made-up premises in six time zones whose loads look like real ones (``REALISM.md`` beside this file compares
them), sends dirt as utilities do (each premise's is listed in ``premises[i].dirt``), and goes wrong on
demand.

========================= ==============================================================================
In this process           ``with omnipandas.sandbox.start() as box``, or ``op.demo()`` for a client of one
For other programs        ``python -m omnipandas.sandbox --port 8000 --scenario flaky``
In others' tests          ``pytest_plugins = ["omnipandas.sandbox.pytest_plugin"]``
Faults for a while        ``box.faults = "rate-limited; times=3; retry-after=2; on=interval-data"``
Faults for one request    header ``X-Sandbox-Fault: drip; seconds=5``
Faults by environment     ``OMNIPANDAS_SANDBOX_SCENARIO=flaky``
What was asked and served ``box.requests``, ``box.counts``
The document of it        ``/openapi.json``
The browser SDK           ``/sdk/bundle.min.js``, or its text from `sdk_source`
========================= ==============================================================================

>>> from omnipandas import sandbox
>>> with sandbox.start(today="2024-03-01") as box:
...     box.base_url.startswith("http://127.0.0.1:"), len(box.service_account_ids)
(True, 12)
"""

from .faults import FAULTS as FAULTS
from .faults import SCENARIOS as SCENARIOS
from .faults import Fault as Fault
from .instance import PremiseFacts as PremiseFacts
from .instance import Sandbox as Sandbox
from .instance import start as start
from .ledger import Served as Served
from .meter import Dirt as Dirt
from .sdk import sdk_data_url as sdk_data_url
from .sdk import sdk_integrity as sdk_integrity
from .sdk import sdk_source as sdk_source
