#!/bin/sh
# Ukiyo-e, 468 prints of Hiroshige, Hokusai and others. 1,250 steps against projected discriminators, from what had been
# learnt for Monet by then (monet.sh, runs/monet6); 1,000 with less weight on the cycle, of which the first 750 were the
# best; and 5,000 with less still and longer steps, of which the first 2,000 were the best: prints are farther from photos
# than paintings are. With a weight of 0.1 colours turned into others, and the distance stayed. All that with six blocks;
# the four that added most learnt to paint as the six do, which came nearer to prints (60 % of the way) than training them
# on (56 % after 2,000 steps). About 50 minutes on two cores. ART is one folder of them all.
set -e
projected="--recipe paper --generator light --blocks 6 --discriminator projected --image-size 128 --load-size 286 --learning-rate 3e-4
    --ema-decay 0.998 --identity-weight 0 --weave-weight 0.3 --steps-per-epoch 250"
learn() { workdir=$1; shift; copyart train "Ukiyo-e" -w "runs/$workdir" --photos "$PHOTOS" --art "$ART" $projected "$@"; }

learn ukiyoe1 --cycle-weight 2 --epochs 8 --decay-epochs 4 --start-from runs/monet6                     # stopped at 1,250
learn ukiyoe2 --cycle-weight 0.7 --epochs 4 --decay-epochs 2 --start-from runs/ukiyoe1                   # the best: step 750
learn ukiyoe3 --cycle-weight 0.5 --learning-rate 4e-4 --epochs 20 --decay-epochs 2 --start-from runs/ukiyoe2/best  # the best: step 2,000
copyart distill runs/ukiyoe3/best --photos "$PHOTOS" --blocks 4 --steps 2400 -o runs/ukiyoe/style
