#!/bin/sh
# Paul Cezanne, 330 paintings. 1,250 steps against projected discriminators, the best after 750, from what had been
# learnt for Monet by then (monet.sh, runs/monet6), with six blocks; the four that added most learnt 1,500 more, of which
# the first 1,250 were the best. About 20 minutes on two cores.
set -e
learn() {
    workdir=$1; shift
    copyart train "Paul Cezanne" -w "runs/$workdir" --photos "$PHOTOS" --art "$ART" --recipe paper --generator light \
        --discriminator projected --image-size 128 --load-size 286 --learning-rate 3e-4 --ema-decay 0.998 --identity-weight 0 \
        --cycle-weight 2 --checkerboard-weight 0.3 --steps-per-epoch 250 "$@"
}

learn cezanne1 --blocks 6 --epochs 5 --decay-epochs 3 --start-from runs/monet6          # the best: step 750
learn cezanne --blocks 4 --epochs 6 --decay-epochs 3 --start-from runs/cezanne1/best    # the best: step 1,250
