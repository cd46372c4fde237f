"""Notice the end of an event loop, after its last task."""

from __future__ import annotations

import atexit
import contextlib
import os
from collections.abc import AsyncGenerator, Awaitable, Callable


class LoopEnd:
    """Calls one of two functions when a loop ends.

    asyncio.run and hikari's `run` both cancel every task, wait for all of them, and only then close the asynchronous
    generators that are still open; so one that does nothing until it is closed comes after the last task. A task that
    waits for the others would be one more in hikari's "terminating … remaining tasks".
    """

    def __init__(self, in_loop: Callable[[], Awaitable[object]], at_exit: Callable[[], object]) -> None:
        """`in_loop` is awaited when the loop shuts down; `at_exit` is called at the process's exit where it never did.

        Neither may raise.
        """
        self._in_loop = in_loop
        self._at_exit = at_exit
        self._generator: AsyncGenerator[None, None] | None = None
        self._process = 0

    def follow(self) -> None:
        """Start on the running loop, unless that was done already."""
        if self._generator is None:
            self._generator = self._until_shutdown()
            with contextlib.suppress(StopIteration):  # it runs up to its `yield`
                self._generator.__anext__().send(None)
            self._process = os.getpid()
            atexit.register(self._exit)

    def leave(self) -> None:
        """Call neither; works on any loop or without one."""
        atexit.unregister(self._exit)
        generator, self._generator = self._generator, None
        if generator is not None:
            with contextlib.suppress(StopIteration):
                generator.aclose().send(None)

    async def _until_shutdown(self) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            if self._generator is not None:  # `leave` was not called
                self._generator = None
                await self._in_loop()

    def _exit(self) -> None:
        if os.getpid() == self._process:  # a fork has no thread of ours, and counts nothing for its parent
            self._at_exit()
