"""http-get beside curl and wrk, against one nginx: as a process, on a kept connection, and as a maker of load."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from harness.bench import CLOSE, Bench
from harness.certificate import Certificate
from harness.children import Children, RunFailed, Skipped
from harness.contestants import AB, CURL, SOCKCTL, WRK, free_port

PAGE = b"A page as small as the time of day.\n"
CONNECTIONS = 50
CONFIGURATION = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port}{tls};
        root {folder}/root;
    }}
}}
"""


@contextmanager
def nginx(bench: Bench, children: Children, secured: Certificate | None = None) -> Iterator[str]:
    """A server with one page, on the server's CPU; gives the page's URL, which is https:// with a certificate."""
    path = shutil.which("nginx", path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")
    if path is None:
        raise Skipped("skipped: nginx is not installed")
    folder, port = bench.tools.work / "nginx", free_port()
    (folder / "root").mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    (folder / "root" / "page").write_bytes(PAGE)
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=port, tls=secured.nginx if secured else ""))
    server = children.start([path, "-c", str(configuration), "-e", "stderr"], cpu=bench.server_cpu)
    server.wait_until_listening(port)
    yield f"https://localhost:{port}/page" if secured else f"http://127.0.0.1:{port}/page"


def seconds(children: Children, argv: Sequence[str], cpu: int) -> float:
    """From the order to start a program to its end; what it prints goes nowhere."""
    begin = time.perf_counter()
    children.start(argv, cpu=cpu).succeed()
    return time.perf_counter() - begin


def get(bench: Bench, contestant: str, urls: Sequence[str]) -> list[str]:
    path = bench.tools.paths[contestant]
    return [path, "-s", *urls] if contestant == CURL else [path, "http-get", *urls]


def measure_http_get(bench: Bench) -> None:
    """A small page as a process of its own, and what each further one costs on the same connection."""
    repetitions, requests = bench.sizes.http_repetitions, bench.sizes.http_requests

    def run(contestant: str) -> list[float]:
        with bench.children() as children, nginx(bench, children) as url:
            one = get(bench, contestant, [url])
            single = statistics.median(seconds(children, one, bench.client_cpu) for _ in range(repetitions))
            many = get(bench, contestant, [url] * (requests + 1))
            whole = min(seconds(children, many, bench.client_cpu) for _ in range(3))
        return [single, (whole - single) / requests]

    bench.alternate(["http-process", "http-kept"], [SOCKCTL, CURL], run)


def measure_http_load(bench: Bench) -> None:
    """As many requests as they can make on 50 connections, the server on the other CPU."""

    def run(contestant: str) -> list[float]:
        with bench.children() as children, nginx(bench, children) as url:
            return [requests_a_second(bench, children, contestant, url)]

    bench.alternate(["http-load"], [*[SOCKCTL, WRK] * CLOSE, AB], run)


def requests_a_second(bench: Bench, children: Children, contestant: str, url: str) -> float:
    path, span = bench.tools.paths[contestant], bench.sizes.http_seconds
    report = bench.tools.work / "http-load.txt"
    output = children.open(report, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    if contestant == SOCKCTL:
        argv = [path, "http-get", "--duration", f"{span}s", "--parallel", str(CONNECTIONS), "--no-plot", url]
        log = children.start(argv, stdout=output, cpu=bench.client_cpu)
        log.succeed()
        return figure(log.log, r"^rate +([\d.]+)/s$")
    if contestant == WRK:
        argv = [path, "-t", "1", "-c", str(CONNECTIONS), "-d", f"{max(1, round(span))}s", url]
        children.start(argv, stdout=output, cpu=bench.client_cpu).succeed()
        return figure(report, r"^Requests/sec: +([\d.]+)$")
    argv = [path, "-q", "-k", "-c", str(CONNECTIONS), "-t", f"{max(1, round(span))}", "-n", "100000000", url]
    children.start(argv, stdout=output, cpu=bench.client_cpu).succeed()
    return figure(report, r"^Requests per second: +([\d.]+) ")


def figure(file: Path, pattern: str) -> float:
    found = re.search(pattern, file.read_text(errors="replace"), re.MULTILINE)
    if not found:
        raise RunFailed(f"no figure in what it said: {file.read_text(errors='replace')[-200:]}")
    return float(found.group(1))
