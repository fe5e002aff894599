"""Makes tokenizer/ and cases.json with sentencepiece 0.1.97: from the root of the repository,

    python3 tests/Training.Tests/Golden/t5/make.py

The model is of T5's kind (unigram, nmt_nfkc, pad 0, end 1, unknown 2, no start), trained on the shipped model's captions.
"""
import csv, io, json, os, sentencepiece

here = os.path.dirname(os.path.abspath(__file__))
with open("data/models/fluent-emoji/captions.csv", encoding="utf-8") as file:
    captions = [row["caption"] for row in csv.DictReader(file)]

model = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(captions), model_writer=model, model_type="unigram", vocab_size=400, character_coverage=1.0,
    normalization_rule_name="nmt_nfkc", num_threads=1, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
with open(f"{here}/tokenizer/spiece.model", "wb") as file:
    file.write(model.getvalue())
with open(f"{here}/tokenizer/tokenizer_config.json", "w") as file:
    json.dump({"extra_ids": 100, "model_max_length": 512, "tokenizer_class": "T5Tokenizer"}, file, indent=2)

texts = captions[::37] + [
    "", " ", "a", "face", "grinning face", "  two  spaces  ", "tab\tand\nline", "unknownwordwithnospaces", "x" * 40,
    "it's a cat-face, isn't it?", "100% (50 + 50)", "ends with a full stop.", "\u2581underline", "</s>", "<unk> <pad>",
    "\uff26\uff35\uff2c\uff2c width", "\ufb01re \ufb02ag", "caf\u00e9", "cafe\u0301", "na\u00efve \u00fcber", "\u2460 \u00bd \u00b2",
    "zero\u200bwidth", "no\u00a0break", "soft\u00adhyphen", "\u3000wide\u3000space\u3000", "\ufeffmark", "\u65e5\u672c\u8a9e", "\uae00\uc790", "\u1100\u1161",
    "\U0001f98a fox", "\U0001f468\u200d\U0001f469\u200d\U0001f467 family", "\U0001d400\U0001d401", "mixed \U0001f98a\U0001f98a\u65e5 unknown", "\u33a5 \u3392", "e\u0301\u0301 o\u0308",
    "\u0000\u0001control\u007f", "\u2026 \u2014 \u201cquotes\u201d", "\ud55c", "\u0130stanbul \u1e9e",
]
processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
cases = [{"text": text, "ids": processor.encode(text)} for text in texts]
with open(f"{here}/cases.json", "w") as file:
    json.dump(cases, file, indent=0)
print(processor.get_piece_size(), "pieces,", len(cases), "cases")
