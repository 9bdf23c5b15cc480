#!/bin/sh
# Claude Monet, 260 paintings. First against PatchGANs: 2,543 steps with the paper's weight on the cycle; 500 with less; 1,498
# with little and no identity (the strong cycle keeps the photo, the weak one lets the painter in); 500 with a weight on the
# weave. Then against projected discriminators, which taught in minutes what those had not: 3,000 steps; 875 with more weight
# on the weave; 1,000 with less, the last half with a falling learning rate. All that with six blocks; the four that added
# most learnt 1,500 more. About 100 minutes on two cores.
#
# The weave had another unit when the fourth and the fifth ran: their 500 is the 0.03 of now.
set -e
light="--recipe paper --generator light --blocks 6 --image-size 128 --load-size 286 --learning-rate 3e-4 --ema-decay 0.998"
patch="$light --discriminator-filters 32 --steps-per-epoch 500 --epochs 40 --decay-epochs 20"
projected="$light --discriminator projected --identity-weight 0 --cycle-weight 2"
learn() { workdir=$1; shift; copyart train "Claude Monet" -w "runs/$workdir" --photos "$PHOTOS" --art "$ART" "$@"; }

learn monet1 $patch --identity-weight 2                                                                 # stopped at 2,543
learn monet2 $patch --identity-weight 0.5 --cycle-weight 4 --start-from runs/monet1                     # stopped at 500
learn monet3 $patch --identity-weight 0 --cycle-weight 2 --start-from runs/monet2                       # stopped at 1,498
learn monet4 $patch --identity-weight 0 --cycle-weight 2 --checkerboard-weight 0.03 --start-from runs/monet3   # the best: step 500
learn monet5 $projected --checkerboard-weight 0.03 --steps-per-epoch 125 --epochs 80 --decay-epochs 40 \
    --start-from runs/monet4/best                                                                       # stopped at 3,000
learn monet6 $projected --checkerboard-weight 1 --steps-per-epoch 125 --epochs 80 --decay-epochs 40 \
    --start-from runs/monet5                                                                            # stopped at 875
learn monet7 $projected --checkerboard-weight 0.3 --steps-per-epoch 250 --epochs 4 --decay-epochs 2 \
    --start-from runs/monet6                                                                            # the best: step 1,000
learn monet $projected --blocks 4 --checkerboard-weight 0.3 --steps-per-epoch 250 --epochs 6 --decay-epochs 3 \
    --start-from runs/monet7/best                                                                       # the best: step 1,500
