"""A proxy of the tests' own between clients and a database server, which breaks where it is told to.

from tests.proxy import Fault, answering, proxied

with proxied(url) as (proxy, through):
    proxy.arm(Fault.CUT, answering(b"COMMIT"))        # the server has committed, and the client never hears
    ...
    proxy.mend()
"""

from tests.proxy.fault import FREEZES, Fault
from tests.proxy.messages import Message, answering, asking, number
from tests.proxy.proxy import Proxy, proxied

__all__ = ["FREEZES", "Fault", "Message", "Proxy", "answering", "asking", "number", "proxied"]
