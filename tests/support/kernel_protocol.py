"""Jupyter's own tests of kernels, run on this one."""

import unittest

import jupyter_kernel_test as jkt

class TickbookTests(jkt.KernelTests):
    kernel_name = "tickbook"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oops')"
    completion_samples = [{"text": "consol", "matches": {"console"}}, {"text": "Math.ma", "matches": {"max"}}]
    complete_code_samples = ["1 + 1", "const x = 5;", "function f() {\n  return 1;\n}"]
    incomplete_code_samples = ["function f() {", "const x = ["]
    invalid_code_samples = []
    code_generate_error = "throw new Error('mine')"
    code_display_data = [{"code": 'Jupyter.display({ "text/html": "<b>x</b>" })', "mime": "text/html"}]
    code_execute_result = [{"code": "6 * 7", "result": "42"}, {"code": "[1, 'a']", "result": "[ 1, 'a' ]"}]
    code_inspect_sample = "parseInt"
    code_clear_output = "console.clear()"

if __name__ == "__main__":
    unittest.main()
