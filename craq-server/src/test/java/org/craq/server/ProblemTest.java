package org.craq.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProblemTest {
    private static final UUID INSTANCE = new UUID(1, 2);

    @Test
    void saysWhatIsWrongAndWhatToDo() {
        CraqException failure = new CraqException(ErrorCode.NO_CHAIN, "2 of 3 nodes have registered: n1, n3");
        assertThat(Problem.of(failure, INSTANCE))
                .isEqualTo(new Problem(
                        "urn:craq:error:NO_CHAIN",
                        "No chain",
                        503,
                        "2 of 3 nodes have registered: n1, n3",
                        "urn:uuid:" + INSTANCE,
                        "NO_CHAIN",
                        "repeat the request after a pause"));
    }

    @Test
    void whatAServerSaysByAStatusAloneIsAProblemToo() {
        assertThat(Problem.ofStatus(404, INSTANCE).code()).isEqualTo("NOT_FOUND");
        assertThat(Problem.ofStatus(405, INSTANCE).detail()).isEqualTo("Method Not Allowed");
        assertThat(Problem.ofStatus(499, INSTANCE).detail()).isEqualTo("the server refused the request");
        assertThat(Problem.ofStatus(503, INSTANCE).detail()).isEqualTo("internal error");
        assertThat(Problem.ofStatus(503, INSTANCE).status()).isEqualTo(503);
    }

    @Test
    void whenToRepeatIsSaidInWholeSecondsThatAreLongEnough() {
        CraqException limited = new CraqException(ErrorCode.RATE_LIMITED, "text", Duration.ofMillis(2001));
        assertThat(ProblemResponses.pauseSeconds(limited)).hasValue(3);
        assertThat(ProblemResponses.pauseSeconds(new CraqException(ErrorCode.INTERNAL, "text", limited)))
                .hasValue(3);
        assertThat(ProblemResponses.pauseSeconds(new CraqException(ErrorCode.OVERLOADED, "text")))
                .hasValue(1);
        assertThat(ProblemResponses.pauseSeconds(new CraqException(ErrorCode.NOT_FOUND, "text")))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void hasTheStatusOfItsCode(ErrorCode code) {
        assertThat(Problem.of(new CraqException(code, "text"), INSTANCE).status())
                .isEqualTo(code.http());
    }
}
