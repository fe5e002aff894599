# Bradley-Terry by R, ties half, on pairs folded to one row each. Arguments: a file left,right,left_wins,ties,right_wins.
# Prints lines "name<TAB>seconds<TAB>strength of system 0 minus that of system 1".
suppressMessages(library(BradleyTerry2))
votes <- read.csv(commandArgs(trailingOnly = TRUE)[1])
first <- pmin(votes$left, votes$right)
second <- pmax(votes$left, votes$right)
for_first <- ifelse(votes$left < votes$right, votes$left_wins, votes$right_wins) + votes$ties / 2
for_second <- ifelse(votes$left < votes$right, votes$right_wins, votes$left_wins) + votes$ties / 2
pairs <- aggregate(cbind(for_first, for_second) ~ first + second, FUN = sum)
levels <- sort(unique(c(pairs$first, pairs$second)))
pairs$first <- factor(pairs$first, levels)
pairs$second <- factor(pairs$second, levels)

fit <- NULL
seconds <- sapply(1:3, function(i) system.time(
  fit <<- suppressWarnings(BTm(cbind(for_first, for_second), first, second, data = pairs))
)[["elapsed"]])
strengths <- BTabilities(fit)[, "ability"]
cat("BT fit\tR BradleyTerry2 ", as.character(packageVersion("BradleyTerry2")), "\t", median(seconds), "\t", strengths[[1]] - strengths[[2]], "\n", sep = "")
