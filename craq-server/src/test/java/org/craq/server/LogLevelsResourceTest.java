package org.craq.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogLevelsResourceTest {
    private static final String ONE = "org.craq.server.some";

    private final LogLevelsResource levels = new LogLevelsResource();

    @Test
    void aLevelHoldsUntilItIsResetAndThenIsAsItWas() {
        Logger logger = Logger.getLogger(ONE);
        logger.setLevel(Level.WARNING);
        assertThat(levels.levels().levels()).containsOnlyKeys("org.craq");
        assertThat(levels.set(ONE, "DEBUG").levels()).containsEntry(ONE, "DEBUG");
        assertThat(System.getLogger(ONE + ".below").isLoggable(System.Logger.Level.DEBUG))
                .isTrue();
        levels.set(ONE, "OFF");
        assertThat(levels.reset(ONE).levels()).containsOnlyKeys("org.craq");
        assertThat(logger.getLevel()).isEqualTo(Level.WARNING);
        levels.reset(ONE);
        assertThat(logger.getLevel()).isEqualTo(Level.WARNING);
    }

    /** A change is logged even if the new level silences everything. */
    @Test
    void everyChangeIsLoggedWhateverTheLevelsAre() {
        List<LogRecord> records = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                records.add(record);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger root = Logger.getLogger("");
        root.addHandler(handler);
        try {
            levels.set("org.craq", "OFF");
            levels.set(ONE, "DEBUG");
            levels.reset(ONE);
            levels.reset(ONE);
            levels.reset("org.craq");
        } finally {
            root.removeHandler(handler);
        }
        assertThat(records).hasSize(4).allSatisfy(record -> {
            assertThat(record.getLevel()).isEqualTo(Level.WARNING);
            assertThat(record.getLoggerName()).doesNotStartWith("org.craq");
        });
        assertThat(MessageFormat.format(
                        records.get(0).getMessage(), records.get(0).getParameters()))
                .contains("org.craq was changed to OFF");
    }

    @Test
    void onlySoManyLoggersAreHeld() {
        Logger changes = Logger.getLogger("craq.log-levels");
        changes.setUseParentHandlers(false);
        try {
            for (int i = 0; i < LogLevelsResource.MAX_CHANGED; i++) {
                levels.set("org.craq.many.l" + i, "INFO");
            }
            levels.set("org.craq.many.l0", "DEBUG");
            assertThatThrownBy(() -> levels.set("org.craq.many.more", "INFO"))
                    .isInstanceOfSatisfying(
                            CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHANGE_REFUSED));
            levels.reset("org.craq.many.more");
            levels.reset("org.craq.many.l1");
            assertThat(levels.set("org.craq.many.more", "INFO").levels()).containsKey("org.craq.many.more");
        } finally {
            levels.levels().levels().keySet().forEach(levels::reset);
            changes.setUseParentHandlers(true);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "org.craq, LOUD",
        "org.craq, debug",
        "org.craq,",
        "org.jboss, DEBUG",
        "org.craqs, DEBUG",
        "org.craq., DEBUG",
        "org.craq..a, DEBUG",
        "org.craq.a b, DEBUG"
    })
    void whatIsNoLevelOrNotOursIsRefused(String logger, String level) {
        assertThatThrownBy(() -> levels.set(logger, level))
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }
}
