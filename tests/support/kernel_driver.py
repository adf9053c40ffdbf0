"""A kernel under jupyter_client, driven by lines of JSON: one command in, one answer out."""

import base64
import json
import os
import sys
import threading
import time

import zmq
from jupyter_client.manager import KernelManager
from kernel_sockets import sockets

kernel_name, folder, log, begun = sys.argv[1:5]
# A kernel on Node would make the pipes that it inherits non-blocking for this process, too.
terminal = open(log, "w")
began = time.monotonic()


manager = KernelManager(kernel_name=kernel_name, **sockets(kernel_name))
manager.start_kernel(cwd=folder, stdout=terminal, stderr=terminal)
client = manager.client()
client.start_channels()
try:
    client.wait_for_ready(timeout=60)
except RuntimeError:
    client.stop_channels()
    manager.shutdown_kernel()
    raise
sent = []  # message ids of execute requests: their places are the numbers of the runs
replies = {}
idle = set()
messages = []


poller = zmq.Poller()
for channel in (client.shell_channel, client.iopub_channel):
    poller.register(channel.socket, zmq.POLLIN)


def pump(done, timeout):
    """Reads what the kernel sends until done() or the time is over; True when done. What done() itself looks at is asked every 10 ms."""
    deadline = time.monotonic() + timeout
    while not done():
        if time.monotonic() > deadline:
            return False
        poller.poll(10)
        for name, channel in (("shell", client.shell_channel), ("iopub", client.iopub_channel)):
            while channel.socket.poll(0):
                keep(name, channel.get_msg(timeout=1))
    return True


def answer_questions(text):
    """Writes the text into the field that the kernel asks for."""
    if client.stdin_channel.msg_ready():
        question = client.get_stdin_msg(timeout=1)
        messages.append(
            {"channel": "stdin", "type": question["msg_type"], "content": question["content"], "run": None}
        )
        client.input(text)
        return True
    return False


def keep(channel, message):
    parent = message["parent_header"].get("msg_id")
    kind, content = message["msg_type"], message["content"]
    if channel == "shell":
        replies[parent] = {"type": kind, "content": content}
    elif kind == "status" and content["execution_state"] == "idle":
        idle.add(parent)
    messages.append(
        {
            "channel": channel,
            "type": kind,
            "content": content,
            "run": sent.index(parent) if parent in sent else None,
            "session": message["header"]["session"],
            "parent": parent,
            "metadata": message["metadata"],
            "buffers": [base64.b64encode(part).decode() for part in message["buffers"]],
        }
    )


def has_begun():
    """Whether code has said that it was reached; it may say so again."""
    if not os.path.exists(begun):
        return False
    os.remove(begun)
    return True


def send(command):
    if all(one in replies for one in sent):
        has_begun()  # what an earlier cell said is over
    content = {
        "code": command["code"],
        "silent": False,
        "store_history": True,
        "user_expressions": {},
        "allow_stdin": "input" in command or command.get("allowStdin", False),
        "stop_on_error": command.get("stopOnError", True),
    }
    metadata = {"cellId": command["cellId"]} if "cellId" in command else {}
    message = client.session.msg("execute_request", content, metadata=metadata)
    client.shell_channel.send(message)
    sent.append(message["header"]["msg_id"])
    return sent[-1]


def wait(message_id, timeout):
    start = time.monotonic()
    done = pump(lambda: message_id in replies and message_id in idle, timeout)
    out = messages[:]
    messages.clear()
    reply = replies.get(message_id, {"content": {}})["content"]
    return {"done": done, "reply": reply, "seconds": time.monotonic() - start, "messages": out}


def interrupted(message_id, timeout):
    """Waits for a cell that is interrupted once it says that it has begun."""
    start = time.monotonic()
    if pump(has_begun, timeout):
        manager.interrupt_kernel()
    return {**wait(message_id, timeout), "seconds": time.monotonic() - start}


def answer(command):
    name, timeout = command["do"], command.get("timeout", 30)
    if name == "send":
        send(command)
        return {"run": len(sent) - 1}
    if name == "wait":
        return wait(sent[command["run"]], timeout)
    if name == "run":
        # a question of a cell that was stopped is no longer answered
        while client.stdin_channel.msg_ready():
            client.get_stdin_msg(timeout=1)
        message_id = send(command)
        if "input" in command:
            pump(lambda: message_id in idle or answer_questions(command["input"]), timeout)
        if command.get("interruptOnceBegun"):
            return interrupted(message_id, timeout)
        if "interruptAfter" not in command:
            return wait(message_id, timeout)
        # a cell that has ended before is not followed by an interrupt of the next one
        timer = threading.Timer(command["interruptAfter"], manager.interrupt_kernel)
        timer.start()
        result = wait(message_id, timeout)
        timer.join()
        return result
    if name == "listen":
        pump(lambda: False, command["seconds"])
        out = messages[:]
        messages.clear()
        return {"messages": out}
    if name == "begun":
        return {"begun": pump(has_begun, timeout)}
    if name == "interrupt":
        manager.interrupt_kernel()
        return {}
    if name == "post":
        message = client.session.msg(command["type"], command["content"])
        client.shell_channel.send(message)
        return {"id": message["header"]["msg_id"]}
    if name == "request":
        message = client.session.msg(command["type"], command["content"])
        message["buffers"] = [base64.b64decode(part) for part in command.get("buffers", [])]
        client.shell_channel.send(message)
        wanted = message["header"]["msg_id"]
        replied = lambda: wanted in replies or not command["type"].endswith("_request")
        pump(lambda: wanted in idle and replied(), timeout)
        out = messages[:]
        messages.clear()
        return {"id": wanted, "reply": replies.get(wanted), "messages": out}
    if name == "shutdown":
        start = time.monotonic()
        client.shutdown()
        while manager.is_alive() and time.monotonic() - start < timeout:
            time.sleep(0.005)
        return {"seconds": time.monotonic() - start, "alive": manager.is_alive()}
    raise ValueError(name)


try:
    print(json.dumps({"ready": True, "seconds": time.monotonic() - began, "pid": manager.provisioner.pid}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line)), default=str), flush=True)
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
