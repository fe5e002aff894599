"""Five steps of Adafactor on sum(w^3), in plain Python with the formulas of arXiv 1804.04235, algorithms 4 and 5.

    python3 reference.py > expected.json
"""

import json
import math

RATE, DECAY, EPSILON, STEPS = 0.05, 0.1, 1e-30, 5


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def clip_and_move(weights, updates):
    scale = max(1.0, math.sqrt(mean(u * u for u in updates)))
    return [w - RATE * DECAY * w - RATE * u / scale for w, u in zip(weights, updates)]


def vector(weights):
    moments, path = [0.0] * len(weights), []
    for step in range(1, STEPS + 1):
        beta = 1 - step ** -0.8
        gradients = [3 * w * w for w in weights]
        moments = [beta * v + (1 - beta) * (g * g + EPSILON) for v, g in zip(moments, gradients)]
        weights = clip_and_move(weights, [g / math.sqrt(v) for g, v in zip(gradients, moments)])
        path.append(weights)
    return path


def matrix(weights):
    height, width = len(weights), len(weights[0])
    rows, columns, path = [0.0] * height, [0.0] * width, []
    for step in range(1, STEPS + 1):
        beta = 1 - step ** -0.8
        gradients = [[3 * w * w for w in row] for row in weights]
        squares = [[g * g + EPSILON for g in row] for row in gradients]
        rows = [beta * r + (1 - beta) * mean(squares[i]) for i, r in enumerate(rows)]
        columns = [beta * c + (1 - beta) * mean(squares[i][j] for i in range(height)) for j, c in enumerate(columns)]
        estimate = [[r * c / mean(rows) for c in columns] for r in rows]
        updates = [gradients[i][j] / math.sqrt(estimate[i][j]) for i in range(height) for j in range(width)]
        flat = clip_and_move([w for row in weights for w in row], updates)
        weights = [flat[i * width:(i + 1) * width] for i in range(height)]
        path.append(flat)
    return path


print(json.dumps({
    "vector": vector([1.0, -0.5, 0.25]),
    "matrix": matrix([[1.0, -0.5, 0.25], [0.75, 2.0, -1.5]]),
}, indent=1))
