#!/bin/sh
# Ukiyo-e, 468 prints of Hiroshige, Hokusai and others. 1,250 steps against projected discriminators, from what had been
# learnt for Monet by then (monet.sh, runs/monet6); 1,000 with less weight on the cycle, of which the first 750 were the
# best; and 5,000 with less still and longer steps, of which the first 2,000 were the best: prints are farther from photos
# than paintings are. With a weight of 0.1 colours turned into others, and the distance stayed. All that with six blocks;
# the four that added most learnt to paint as the six do (60 % of the way to prints), and then learnt 3,500 more with
# shorter steps, of which the first 1,750 were the best (68 %); with steps three times as long, from the blocks as they
# were, it had swayed, and 56 % was the best. About 75 minutes on two cores. ART is one folder of them all.
set -e
projected="--recipe paper --generator light --discriminator projected --image-size 128 --load-size 286 --learning-rate 3e-4
    --ema-decay 0.998 --identity-weight 0 --checkerboard-weight 0.3 --steps-per-epoch 250"
learn() { workdir=$1; shift; copyart train "Ukiyo-e" -w "runs/$workdir" --photos "$PHOTOS" --art "$ART" $projected "$@"; }

learn ukiyoe1 --blocks 6 --cycle-weight 2 --epochs 8 --decay-epochs 4 --start-from runs/monet6                     # stopped at 1,250
learn ukiyoe2 --blocks 6 --cycle-weight 0.7 --epochs 4 --decay-epochs 2 --start-from runs/ukiyoe1                   # the best: step 750
learn ukiyoe3 --blocks 6 --cycle-weight 0.5 --learning-rate 4e-4 --epochs 20 --decay-epochs 2 --start-from runs/ukiyoe2/best  # the best: step 2,000
copyart distill runs/ukiyoe3/best --photos "$PHOTOS" --blocks 4 --steps 2400 -o runs/ukiyoe4
learn ukiyoe --blocks 4 --cycle-weight 0.5 --learning-rate 1e-4 --epochs 14 --decay-epochs 6 --start-from runs/ukiyoe4  # the best: step 1,750
