#!/bin/sh
# Paul Cezanne, 330 paintings. 1,250 steps against projected discriminators, the best after 750, from what had been
# learnt for Monet by then (monet.sh, runs/monet6). About 10 minutes on two cores.
set -e
copyart train "Paul Cezanne" -w runs/cezanne --photos "$PHOTOS" --art "$ART" --recipe paper --generator light \
    --discriminator projected --image-size 128 --load-size 286 --learning-rate 3e-4 --ema-decay 0.998 --identity-weight 0 \
    --cycle-weight 2 --weave-weight 0.3 --steps-per-epoch 250 --epochs 5 --decay-epochs 3 --start-from runs/monet6
