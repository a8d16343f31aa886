"""Tiny random pipelines in the published layouts of Stable Audio Open and AudioLDM 2."""

import json
import warnings
from pathlib import Path

WORDS = ("a dragon breathing fire", "low quality", "rain and thunder")


def _t5_tokenizer(folder: Path) -> int:
    """Write what the hub has of a T5 tokenizer; return how many tokens it knows."""
    import sentencepiece
    from transformers import T5TokenizerFast

    folder.mkdir(parents=True)
    corpus = folder / "corpus.txt"
    corpus.write_text("\n".join(WORDS * 20), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(corpus),
        model_prefix=str(folder / "spiece"),
        vocab_size=40,
        model_type="unigram",
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    corpus.unlink()
    (folder / "spiece.vocab").unlink()
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "spiece.model"))
    vocabulary = [
        (pieces.id_to_piece(one), pieces.get_score(one)) for one in range(pieces.get_piece_size())
    ]
    tokenizer = T5TokenizerFast(vocab=vocabulary, extra_ids=0, model_max_length=16)
    tokenizer.save_pretrained(folder)
    special = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    (folder / "special_tokens_map.json").write_text(json.dumps(special), encoding="utf-8")
    return len(tokenizer)


def _t5_encoder(folder: Path, num_tokens: int, width: int) -> None:
    from transformers import T5Config, T5EncoderModel

    config = T5Config(
        vocab_size=num_tokens, d_model=width, d_kv=8, d_ff=16, num_layers=1, num_heads=2
    )
    T5EncoderModel(config).save_pretrained(folder)


def write_stable_audio(folder: Path, *, frames: int = 64) -> Path:
    """Write a Stable Audio Open of a few thousand numbers: 512 samples to a latent frame."""
    import torch

    with warnings.catch_warnings(), torch.random.fork_rng():
        warnings.simplefilter("ignore")
        from diffusers import (
            AutoencoderOobleck,
            CosineDPMSolverMultistepScheduler,
            StableAudioDiTModel,
        )
        from diffusers.pipelines.stable_audio import StableAudioProjectionModel

        torch.manual_seed(4)
        num_tokens = _t5_tokenizer(folder / "tokenizer")
        _t5_encoder(folder / "text_encoder", num_tokens, 16)
        AutoencoderOobleck(
            encoder_hidden_size=8,
            downsampling_ratios=[2, 4, 8, 8],
            channel_multiples=[1, 1, 2, 2],
            decoder_channels=8,
            decoder_input_channels=4,
            audio_channels=2,
        ).save_pretrained(folder / "vae")
        StableAudioDiTModel(
            sample_size=frames,
            in_channels=4,
            out_channels=4,
            num_layers=1,
            attention_head_dim=8,
            num_attention_heads=2,
            num_key_value_attention_heads=1,
            cross_attention_dim=16,
            cross_attention_input_dim=16,
            time_proj_dim=8,
            global_states_input_dim=32,
        ).save_pretrained(folder / "transformer")
        StableAudioProjectionModel(
            text_encoder_dim=16, conditioning_dim=16, min_value=0, max_value=512
        ).save_pretrained(folder / "projection_model")
        CosineDPMSolverMultistepScheduler(solver_order=2).save_pretrained(folder / "scheduler")
    return folder


def _clap(folder: Path) -> int:
    """Write CLAP with its tokenizer; return how wide its directions are."""
    from tokenizers import ByteLevelBPETokenizer
    from transformers import (
        ClapAudioConfig,
        ClapConfig,
        ClapModel,
        ClapTextConfig,
        RobertaTokenizerFast,
    )

    place = folder / "tokenizer"
    place.mkdir(parents=True)
    learned = ByteLevelBPETokenizer()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    learned.train_from_iterator(WORDS, vocab_size=300, special_tokens=special)
    learned.save_model(str(place))
    names = {"vocab_file": str(place / "vocab.json"), "merges_file": str(place / "merges.txt")}
    tokenizer = RobertaTokenizerFast(**names, model_max_length=16)
    tokenizer.save_pretrained(place)
    learned.save_model(str(place))
    settings = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    (place / "special_tokens_map.json").write_text(json.dumps(settings), encoding="utf-8")
    audio = ClapAudioConfig(
        hidden_size=64,
        patch_embeds_hidden_size=8,
        projection_dim=12,
        depths=[1, 1, 1, 1],
        num_attention_heads=[1, 1, 2, 2],
        enable_fusion=False,
    )
    text = ClapTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        projection_dim=12,
    )
    config = ClapConfig(text_config=text.to_dict(), audio_config=audio.to_dict(), projection_dim=12)
    ClapModel(config).save_pretrained(folder / "text_encoder")
    extractor = {
        "feature_extractor_type": "ClapFeatureExtractor",
        "feature_size": 64,
        "sampling_rate": 48_000,
        "hop_length": 480,
        "fft_window_size": 1024,
        "frequency_min": 50,
        "frequency_max": 14_000,
        "max_length_s": 10,
        "padding": "repeatpad",
        "truncation": "rand_trunc",
    }
    (folder / "feature_extractor").mkdir()
    path = folder / "feature_extractor" / "preprocessor_config.json"
    path.write_text(json.dumps(extractor), encoding="utf-8")
    return 12


def write_audioldm2(folder: Path) -> Path:
    """Write an AudioLDM 2 of a few thousand numbers: 1.28 s at 16 kHz."""
    import torch

    with warnings.catch_warnings(), torch.random.fork_rng():
        warnings.simplefilter("ignore")
        from diffusers import (
            AudioLDM2ProjectionModel,
            AudioLDM2UNet2DConditionModel,
            AutoencoderKL,
            DDIMScheduler,
        )
        from transformers import GPT2Config, GPT2Model, SpeechT5HifiGan, SpeechT5HifiGanConfig

        torch.manual_seed(5)
        width = _clap(folder)
        num_tokens = _t5_tokenizer(folder / "tokenizer_2")
        _t5_encoder(folder / "text_encoder_2", num_tokens, 16)
        AudioLDM2ProjectionModel(
            text_encoder_dim=width, text_encoder_1_dim=16, langauge_model_dim=24
        ).save_pretrained(folder / "projection_model")
        # As published: a bare GPT-2, without the head that diffusers expects.
        gpt = GPT2Config(vocab_size=8, n_positions=64, n_embd=24, n_layer=1, n_head=2)
        gpt.max_new_tokens = 2
        GPT2Model(gpt).save_pretrained(folder / "language_model")
        AudioLDM2UNet2DConditionModel(
            sample_size=32,
            in_channels=4,
            out_channels=4,
            block_out_channels=(8, 16),
            layers_per_block=1,
            norm_num_groups=4,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            cross_attention_dim=((None, 24, None, 16),) * 2,
            attention_head_dim=4,
        ).save_pretrained(folder / "unet")
        AutoencoderKL(
            in_channels=1,
            out_channels=1,
            down_block_types=("DownEncoderBlock2D",) * 3,
            up_block_types=("UpDecoderBlock2D",) * 3,
            block_out_channels=(8, 8, 8),
            norm_num_groups=4,
            latent_channels=4,
        ).save_pretrained(folder / "vae")
        DDIMScheduler(
            beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False
        ).save_pretrained(folder / "scheduler")
        SpeechT5HifiGan(
            SpeechT5HifiGanConfig(
                model_in_dim=16,
                sampling_rate=16_000,
                upsample_initial_channel=16,
                upsample_rates=[8, 5, 4],
                upsample_kernel_sizes=[16, 11, 8],
                resblock_kernel_sizes=[3],
                resblock_dilation_sizes=[[1]],
                normalize_before=False,
            )
        ).save_pretrained(folder / "vocoder")
    return folder
