# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The same work with R's forecast (Debian's r-cran-forecast), one thread.
#
#   Rscript bench/needs-peer.R time [SERIES]    the first series (5) of build/bench-series.csv (written by bench/needs series): ses, damped holt,
#                                               thetaf, and stlf with ets, its choice for seasons of 52, from 6 earlier ends and from the end
#   Rscript bench/needs-peer.R score FORECAST   a folder of `plenty needs forecast`: its history forecast 4 ahead from the last 4 ends by ets (choice by
#                                               AICc), auto.arima, thetaf and ses; WRMSSE as in docs/methods/needs.md, beside what Plenty expects of itself
suppressMessages(library(forecast))
words <- commandArgs(TRUE)
ahead <- 4

rmsse <- function(y, end, mean) sqrt(mean((y[end + 1:ahead] - mean)^2) / mean(diff(y[1:end])^2))

time_all <- function(count) {
    rows <- as.matrix(read.csv("build/bench-series.csv", header = FALSE, nrows = count))
    methods <- list(ses = function(x) ses(x, ahead), damped = function(x) holt(x, ahead, damped = TRUE), theta = function(x) thetaf(x, ahead),
                    stl = function(x) stlf(x, ahead, method = "ets"))
    for (name in names(methods)) {
        begin <- sum(proc.time()[1:2])
        for (i in seq_len(nrow(rows))) for (end in c(ncol(rows) - 9:4, ncol(rows))) methods[[name]](ts(rows[i, 1:end], frequency = if (name == "stl") 52 else 1))
        cat(sprintf("R forecast %s, %s: %.0f ms of processor a series (%d series, 7 ends)\n", packageVersion("forecast"), name,
                    1e3 * (sum(proc.time()[1:2]) - begin) / nrow(rows), nrow(rows)))
    }
}

score_all <- function(folder) {
    history <- read.csv(file.path(folder, "history.csv"), colClasses = "character")
    history$value <- as.numeric(history$value)
    key <- paste(history$level, history$item, history$group, history$place, sep = "\r")
    series <- split(history$value, factor(key, unique(key)))
    level <- sub("\r.*", "", names(series))
    methods <- list(ets = function(x) forecast(ets(x), ahead), arima = function(x) forecast(auto.arima(x), ahead), theta = function(x) thetaf(x, ahead),
                    ses = function(x) ses(x, ahead))
    for (name in names(methods)) {
        begin <- sum(proc.time()[1:2])
        score <- sapply(4:1, function(back) {
            each <- sapply(series, function(y) {
                end <- length(y) - ahead - back + 1
                weight <- max(y[end], 0)
                c(weight, if (weight > 0) weight * rmsse(y, end, as.numeric(methods[[name]](ts(y[1:end]))$mean)) else 0)
            })
            sapply(unique(level), function(l) sum(each[2, level == l]) / sum(each[1, level == l]))
        })
        by_level <- rowMeans(score)
        cat(sprintf("R forecast %s, %s: WRMSSE %.4f (%s), %.1f s of processor\n", packageVersion("forecast"), name, mean(by_level),
                    paste(sprintf("%s %.3f", names(by_level), by_level), collapse = ", "), sum(proc.time()[1:2]) - begin))
    }
}

if (words[1] == "score") score_all(words[2]) else time_all(if (length(words) > 1) as.integer(words[2]) else 5)
