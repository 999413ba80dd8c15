package org.craq.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.logging.Level;
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

    @ParameterizedTest
    @CsvSource({"org.craq, LOUD", "org.craq, debug", "org.craq,", "org.jboss, DEBUG", "org.craqs, DEBUG"})
    void whatIsNoLevelOrNotOursIsRefused(String logger, String level) {
        assertThatThrownBy(() -> levels.set(logger, level))
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }
}
