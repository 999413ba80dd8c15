package org.craq.manager.store;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.stream.Collectors;
import org.craq.security.Grant;
import org.craq.security.Grants;

/** Values as columns hold them: times in UTC, grants one a line. */
final class Columns {
    private Columns() {}

    static String text(Grants grants) {
        return grants.all().stream().map(Grant::toString).collect(Collectors.joining("\n"));
    }

    static Grants grants(String text) {
        return Grants.of(text.lines().map(Grant::of).toList());
    }

    static LocalDateTime time(Instant instant) {
        return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    static Instant instant(LocalDateTime time) {
        return time.toInstant(ZoneOffset.UTC);
    }
}
