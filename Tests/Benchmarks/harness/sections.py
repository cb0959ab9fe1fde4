"""The measures by the names that `--only` takes, in the order in which they are made."""

from __future__ import annotations

from collections.abc import Callable

from harness.bench import Bench
from harness.bulk import measure_bulk, measure_disk, measure_file
from harness.chat import measure_chat, measure_gates
from harness.echo import measure_accepts, measure_active, measure_busy, measure_client, measure_echo
from harness.forward import measure_forward
from harness.http_get import measure_http_get, measure_http_load
from harness.idle import measure_idle, measure_quiet
from harness.limits import measure_limits, measure_submits, measure_timeout
from harness.probes import measure_backlog, measure_writeblock
from harness.programs import measure_programs
from harness.relay import measure_both, measure_copying
from harness.scan import measure_scan
from harness.start import measure_start
from harness.tls import measure_tls
from harness.udp import measure_udp
from harness.web import measure_web, measure_webfiles

SECTIONS: dict[str, Callable[[Bench], None]] = {
    "start": measure_start,
    "bulk": measure_bulk,
    "file": measure_file,
    "disk": measure_disk,
    "both": measure_both,
    "copying": measure_copying,
    "echo": measure_echo,
    "echo-busy": measure_busy,
    "active": measure_active,
    "client": measure_client,
    "idle": measure_idle,
    "quiet": measure_quiet,
    "accepts": measure_accepts,
    "udp": measure_udp,
    "backlog": measure_backlog,
    "writeblock": measure_writeblock,
    "timeout": measure_timeout,
    "limits": measure_limits,
    "submits": measure_submits,
    "web": measure_web,
    "webfiles": measure_webfiles,
    "http-get": measure_http_get,
    "http-load": measure_http_load,
    "chat": measure_chat,
    "gates": measure_gates,
    "programs": measure_programs,
    "scan": measure_scan,
    "forward": measure_forward,
    "tls": measure_tls,
}
