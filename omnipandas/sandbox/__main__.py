"""``python -m omnipandas.sandbox``: the sandbox for other programs."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Sequence

from .faults import FAULTS, SCENARIOS
from .instance import start


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted, having printed where and with which credentials."""
    parser = _parser()
    try:
        # Each option bears the name of the argument that it is.
        sandbox = start(**vars(parser.parse_args(arguments)))
    except (ValueError, OSError) as error:
        parser.error(str(error))
    with sandbox:
        print(  # noqa: T201 (a command's own output)
            f"OMNIMETIC_BASE_URL={sandbox.base_url}\n"
            f"OMNIMETIC_CLIENT_ID={sandbox.client_id}\n"
            f"OMNIMETIC_CLIENT_SECRET={sandbox.secret}\n"
            f"# service accounts: {', '.join(sandbox.service_account_ids)}\n"
            "# Ctrl-C stops it.",
            flush=True,
        )
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m omnipandas.sandbox",
        description="A stand-in for the Omnimetic API, with twelve premises and faults on demand.",
        epilog=f"Scenarios: {', '.join(SCENARIOS)}. Faults: {', '.join(FAULTS)}.",
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=8000, help="port; 0 takes a free one (default: 8000)")
    parser.add_argument("--scenario", help="a scenario's name, or faults: 'drip; seconds=3 | rate-limited'")
    parser.add_argument("--today", help="the day that it is, YYYY-MM-DD (default: the real one)")
    parser.add_argument("--clock", choices=["utc", "wall"], default="utc", help="what the stamps mean")
    parser.add_argument("--end-date", choices=["exclusive", "inclusive"], default="exclusive")
    parser.add_argument("--redirects", action="store_true", help="serve data from a signed address")
    return parser


if __name__ == "__main__":
    sys.exit(main())
