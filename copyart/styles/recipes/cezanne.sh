#!/bin/sh
# Paul Cezanne, 330 paintings. 1,000 steps, from what had been learnt for Monet. About 15 minutes on two cores, after
# Monet's 50.
set -e
light="--recipe paper --generator light --image-size 128 --load-size 286 --discriminator-filters 32 --learning-rate 3e-4
    --steps-per-epoch 250 --epochs 80 --decay-epochs 40 --ema-decay 0.998"
copyart train "Paul Cezanne" -w runs/cezanne --photos "$PHOTOS" --art "$ART" $light --identity-weight 0 --cycle-weight 1 \
    --weave-weight 500 --start-from runs/monet/best                                                     # stopped at 1,000
