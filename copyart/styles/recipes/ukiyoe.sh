#!/bin/sh
# Ukiyo-e, 468 prints of Hiroshige, Hokusai and others. 1,250 steps against projected discriminators, from what had been
# learnt for Monet by then (monet.sh, runs/monet6), and 1,000 with less weight on the cycle, of which the first 750 were the
# best: prints are farther from photos than paintings are. About 17 minutes on two cores. ART is one folder of them all.
set -e
projected="--recipe paper --generator light --discriminator projected --image-size 128 --load-size 286 --learning-rate 3e-4
    --ema-decay 0.998 --identity-weight 0 --weave-weight 0.3 --steps-per-epoch 250"
learn() { workdir=$1; shift; copyart train "Ukiyo-e" -w "runs/$workdir" --photos "$PHOTOS" --art "$ART" $projected "$@"; }

learn ukiyoe1 --cycle-weight 2 --epochs 8 --decay-epochs 4 --start-from runs/monet6                     # stopped at 1,250
learn ukiyoe --cycle-weight 0.7 --epochs 4 --decay-epochs 2 --start-from runs/ukiyoe1                    # the best: step 750
