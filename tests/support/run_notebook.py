"""Runs notebooks by nbclient, one after another in one kernel, and writes their cells with their outputs as JSON."""

import json
import os
import sys

import nbformat
from kernel_sockets import sockets
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from traitlets.config import Config

result, cell_timeout, runs = sys.argv[1:4]
runs = json.loads(runs)
kernel = nbformat.read(runs[0]["path"], as_version=4)["metadata"]["kernelspec"]["name"]
config = Config({"ConnectionFileMixin": sockets(kernel)})
client = NotebookClient(
    nbformat.v4.new_notebook(),
    timeout=float(cell_timeout),
    kernel_name=kernel,
    resources={"metadata": {"path": os.path.dirname(os.path.abspath(runs[0]["path"]))}},
    config=config,
)


def execute(notebook, before):
    """Runs a line that is in no cell, if there is one, then the cells; why they stopped before their end, empty when they did not."""
    client.nb = notebook
    # a panel of the run before may still be drawn into a cell that is empty by now
    client._display_id_map = {}
    try:
        if before:
            notebook["cells"].append(nbformat.v4.new_code_cell(before))
            client.execute_cell(notebook["cells"][-1], len(notebook["cells"]) - 1)
            notebook["cells"].pop()
        for index, cell in enumerate(notebook["cells"]):
            client.execute_cell(cell, index)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as problem:
        return str(problem)
    return ""


def run_all():
    for run in runs:
        notebook = nbformat.read(run["path"], as_version=4)
        client.allow_errors = run["allowErrors"]
        error = execute(notebook, run["before"])
        yield {
            "error": error,
            "cells": [
                {
                    "source": cell["source"],
                    "execution_count": cell.get("execution_count"),
                    "outputs": cell.get("outputs", []),
                }
                for cell in notebook["cells"]
            ],
        }


with client.setup_kernel():
    results = list(run_all())

with open(result, "w", encoding="utf8") as file:
    json.dump(results, file)
