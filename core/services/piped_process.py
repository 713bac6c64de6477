"""How a warm child process that is asked through pipes is ended."""

from __future__ import annotations

import subprocess
from logging import Logger


def end_process(process: subprocess.Popen[bytes], name: str, log: Logger, timeout_s: float = 3.0) -> None:
    """Close its pipes, wait for its end, and kill it where it does not end.

    Args:
        process: the child; it ends when its input does.
        name: what the log calls it.
        log: where a pipe that the child had closed already is noted.
        timeout_s: how long to wait, seconds.
    """
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                log.info("the %s process had closed its end already", name)
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
