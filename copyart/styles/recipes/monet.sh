#!/bin/sh
# Claude Monet, 260 paintings. 2,543 steps with the paper's weight on the cycle; 500 with less; 1,498 with little and no
# identity: the strong cycle keeps the photo, the weak one lets the painter in; 500 with a weight on the weave, which takes
# it out. About 50 minutes on two cores.
set -e
light="--recipe paper --generator light --image-size 128 --load-size 286 --discriminator-filters 32 --learning-rate 3e-4
    --steps-per-epoch 500 --epochs 40 --decay-epochs 20 --ema-decay 0.998"
copyart train "Claude Monet" -w runs/monet1 --photos "$PHOTOS" --art "$ART" $light --identity-weight 2   # stopped at 2,543
copyart train "Claude Monet" -w runs/monet2 --photos "$PHOTOS" --art "$ART" $light --identity-weight 0.5 --cycle-weight 4 \
    --start-from runs/monet1                                                                            # stopped at 500
copyart train "Claude Monet" -w runs/monet3 --photos "$PHOTOS" --art "$ART" $light --identity-weight 0 --cycle-weight 2 \
    --start-from runs/monet2                                                                            # stopped at 1,498
copyart train "Claude Monet" -w runs/monet --photos "$PHOTOS" --art "$ART" $light --identity-weight 0 --cycle-weight 2 \
    --weave-weight 500 --start-from runs/monet3                                                         # the best: step 500
