"""Requests to the outside."""

from __future__ import annotations

TIMEOUT_S = 10.0


async def fetch(url: str) -> str:
    """Ask for a URL; empty where it was taken, else the reason in a few words, in which the URL never stands."""
    import aiohttp  # here, so that a bot that tells nobody does not import it; hikari needs it anyway

    limit = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            return "" if response.status < 300 else f"HTTP status {response.status}"
    except TimeoutError:
        return f"no answer within {TIMEOUT_S:.0f} s"
    except aiohttp.InvalidURL:
        return "not a valid URL"
    except (aiohttp.ClientError, OSError, ValueError) as problem:  # whose texts may hold the URL
        return type(problem).__name__
