package org.craq.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.craq.client.FailureReason;

/** Quotes the important lines of a log in a message for people. */
final class LogExcerpt {
    /** The first message that WildFly logs: "WildFly ... starting". */
    private static final String SERVER_IS_STARTING = "WFLYSRV0049";

    private static final int LINES = 8;
    private static final int LINE_LENGTH = 300;

    private LogExcerpt() {}

    /** Returns the path of the log and its last errors (or else its last lines), to be appended to a sentence. */
    static String of(Path log) {
        List<String> lines = tail(log);
        List<String> errors = lines.stream().filter(LogExcerpt::tellsOfAnError).toList();
        List<String> chosen = errors.isEmpty() ? lines : errors;
        String quoted = chosen.stream()
                .skip(Math.max(0, chosen.size() - LINES))
                .map(line -> "    " + (line.length() > LINE_LENGTH ? line.substring(0, LINE_LENGTH) + "..." : line))
                .collect(Collectors.joining("\n"));
        return "Log: " + log + (quoted.isEmpty() ? " (empty)" : "\n" + quoted);
    }

    private static boolean tellsOfAnError(String line) {
        return line.contains("ERROR") || line.contains("FATAL") || line.contains("PANIC") || line.contains("Caused by");
    }

    private static List<String> tail(Path log) {
        if (!Files.isReadable(log)) {
            return List.of();
        }
        try {
            List<String> lines = new LogTail(log)
                    .last(Integer.MAX_VALUE)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
            return lines.subList(startOfLastRun(lines), lines.size());
        } catch (IOException e) {
            return List.of("(can't be read: " + FailureReason.ofFile(e) + ")");
        }
    }

    /**
     * Returns the line at which the last run begins: a log contains several runs, and the errors of earlier ones would
     * mislead.
     */
    private static int startOfLastRun(List<String> lines) {
        for (int i = lines.size() - 1; i > 0; i--) {
            if (lines.get(i).contains(SERVER_IS_STARTING)) {
                return i;
            }
        }
        return 0;
    }
}
