"""Runs all cells of a notebook again and again in one kernel, then once more after a restart; writes what each run left."""

import json
import os
import sys

import nbformat
from jupyter_core.utils import run_sync
from kernel_sockets import sockets
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from traitlets.config import Config

result, path, times, probe = sys.argv[1:5]
notebook = nbformat.read(path, as_version=4)
client = NotebookClient(
    notebook,
    timeout=120,
    resources={"metadata": {"path": os.path.dirname(os.path.abspath(path))}},
    config=Config({"ConnectionFileMixin": sockets("tickbook")}),
)


def run_all():
    # a panel of the run before may still be drawn into a cell that is empty by now
    client._display_id_map = {}
    error = ""
    try:
        for index, cell in enumerate(notebook["cells"]):
            client.execute_cell(cell, index)
    except CellExecutionError as problem:
        error = str(problem)
    asked = nbformat.v4.new_code_cell(probe)
    notebook["cells"].append(asked)
    client.execute_cell(asked, len(notebook["cells"]) - 1)
    notebook["cells"].pop()
    return {
        "error": error,
        "outputs": [len(cell.get("outputs", [])) for cell in notebook["cells"]],
        "left": json.loads("".join(output["text"] for output in asked["outputs"])),
    }


with client.setup_kernel():
    runs = [run_all() for _ in range(int(times))]
    run_sync(client.km.restart_kernel)()
    run_sync(client.kc.wait_for_ready)(timeout=60)
    runs.append(run_all())

with open(result, "w", encoding="utf8") as file:
    json.dump(runs, file)
