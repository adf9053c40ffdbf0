"""Runs a notebook by nbclient and writes its cells with their outputs as JSON."""

import json
import os
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

result, path, cell_timeout, allow_errors = sys.argv[1:5]
notebook = nbformat.read(path, as_version=4)
client = NotebookClient(
    notebook,
    timeout=float(cell_timeout),
    allow_errors=allow_errors == "true",
    resources={"metadata": {"path": os.path.dirname(os.path.abspath(path))}},
)
error = ""


def execute():
    """As JupyterLab does: a port that was free when Jupyter chose it may be taken when the kernel binds it."""
    try:
        client.execute()
    except RuntimeError as problem:
        if "Kernel died before replying to kernel_info" not in str(problem):
            raise
        print("a kernel died at its start; it is started once more", file=sys.stderr)
        client.km = client.kc = None
        client.execute()


try:
    execute()
except (CellExecutionError, CellTimeoutError, DeadKernelError) as problem:
    error = str(problem)

cells = [
    {
        "source": cell["source"],
        "execution_count": cell.get("execution_count"),
        "outputs": cell.get("outputs", []),
    }
    for cell in notebook["cells"]
]
with open(result, "w", encoding="utf8") as file:
    json.dump({"error": error, "cells": cells}, file)
