"""A stand-in for the Omnimetic API, served over real HTTP; it imports nothing of the product.

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
