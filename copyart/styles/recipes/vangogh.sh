#!/bin/sh
# Vincent van Gogh, 360 paintings. 2,000 steps against projected discriminators, the best after 1,750, from what had been
# learnt for Monet by then (monet.sh, runs/monet6), with six blocks; the four that added most learnt 1,500 more. About 25
# minutes on two cores.
set -e
learn() {
    workdir=$1; shift
    copyart train "Vincent van Gogh" -w "runs/$workdir" --photos "$PHOTOS" --art "$ART" --recipe paper --generator light \
        --discriminator projected --image-size 128 --load-size 286 --learning-rate 3e-4 --ema-decay 0.998 --identity-weight 0 \
        --cycle-weight 2 --checkerboard-weight 0.3 --steps-per-epoch 250 "$@"
}

learn vangogh1 --blocks 6 --epochs 8 --decay-epochs 4 --start-from runs/monet6          # the best: step 1,750
learn vangogh --blocks 4 --epochs 6 --decay-epochs 3 --start-from runs/vangogh1/best    # the best: step 1,500
