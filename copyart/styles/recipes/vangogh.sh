#!/bin/sh
# Vincent van Gogh, 360 paintings. 2,000 steps against projected discriminators, the best after 1,750, from what had been
# learnt for Monet by then (monet.sh, runs/monet6). About 14 minutes on two cores.
set -e
copyart train "Vincent van Gogh" -w runs/vangogh --photos "$PHOTOS" --art "$ART" --recipe paper --generator light \
    --discriminator projected --image-size 128 --load-size 286 --learning-rate 3e-4 --ema-decay 0.998 --identity-weight 0 \
    --cycle-weight 2 --weave-weight 0.3 --steps-per-epoch 250 --epochs 8 --decay-epochs 4 --start-from runs/monet6
