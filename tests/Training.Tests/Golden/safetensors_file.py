"""Writes .safetensors: 8-byte length of the header, header in JSON, the tensors."""
import json
import struct

import numpy as np


def save(path, tensors):
    kinds = {"float64": "F64", "float32": "F32", "uint8": "U8"}
    header, data = {}, b""
    for name, value in tensors.items():
        value = np.ascontiguousarray(value)
        header[name] = {"dtype": kinds[str(value.dtype)], "shape": value.shape, "data_offsets": [len(data), len(data) + value.nbytes]}
        data += value.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)
