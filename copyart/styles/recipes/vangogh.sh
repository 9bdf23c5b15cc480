#!/bin/sh
# Vincent van Gogh, 360 paintings. 1,318 steps, from what had been learnt for Monet by step 1,000 of its third run.
# About 16 minutes on two cores, after Monet's 40.
set -e
light="--recipe paper --generator light --image-size 128 --load-size 286 --discriminator-filters 32 --learning-rate 3e-4
    --steps-per-epoch 500 --epochs 40 --decay-epochs 20 --ema-decay 0.998"
copyart train "Vincent van Gogh" -w runs/vangogh --photos "$PHOTOS" --art "$ART" $light --identity-weight 0 --cycle-weight 2 \
    --start-from runs/monet                                                                             # stopped at 1,318
