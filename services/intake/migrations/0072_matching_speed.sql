-- Each look-up read all that had been entered since the last clean-up, one by one: with a few thousand women that was nearly all of its time.
ALTER INDEX trait_blocks SET (fastupdate = off);
SELECT gin_clean_pending_list('trait_blocks');
