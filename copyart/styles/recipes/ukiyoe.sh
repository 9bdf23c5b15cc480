#!/bin/sh
# Ukiyo-e, 468 prints of Hiroshige, Hokusai and others. 2,000 steps against projected discriminators, from what had been learnt for Monet by
# then (monet.sh, runs/monet6). About 14 minutes on two cores. ART is one folder that holds them all.
set -e
copyart train "Ukiyo-e" -w runs/ukiyoe --photos "$PHOTOS" --art "$ART" --recipe paper --generator light --discriminator projected \
    --image-size 128 --load-size 286 --learning-rate 3e-4 --ema-decay 0.998 --identity-weight 0 --cycle-weight 2 --weave-weight 0.3 \
    --steps-per-epoch 250 --epochs 8 --decay-epochs 4 --start-from runs/monet6
