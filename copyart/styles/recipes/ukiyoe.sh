#!/bin/sh
# Ukiyo-e, 468 prints of Hiroshige, Hokusai and others. 980 steps, from what had been learnt for Van Gogh.
# About 14 minutes on two cores, after Monet's 40 and Van Gogh's 16. ART is one folder that holds them all.
set -e
light="--recipe paper --generator light --image-size 128 --load-size 286 --discriminator-filters 32 --learning-rate 3e-4
    --steps-per-epoch 500 --epochs 40 --decay-epochs 20 --ema-decay 0.998"
copyart train "Ukiyo-e" -w runs/ukiyoe --photos "$PHOTOS" --art "$ART" $light --identity-weight 0 --cycle-weight 2 \
    --start-from runs/vangogh                                                                           # stopped at 980
