package org.craq.node.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.OptionalLong;
import org.craq.core.file.Version;
import org.craq.node.rest.ReadConditions.Verdict;
import org.junit.jupiter.api.Test;

class ReadConditionsTest {
    private static final OptionalLong NONE = OptionalLong.empty();
    private static final long CREATED = 1_700_000_000_987L;
    private static final long CREATED_SECOND = 1_700_000_000_000L;

    private static Verdict verdict(String ifMatch, String ifNoneMatch, OptionalLong since, OptionalLong unmodified) {
        return new ReadConditions(ifMatch, ifNoneMatch, since, unmodified).verdict(Version.parse("3-17"), CREATED);
    }

    @Test
    void withoutConditionsTheContentIsSent() {
        assertThat(verdict(null, null, NONE, NONE)).isEqualTo(Verdict.SEND);
    }

    @Test
    void ifMatchAsksForThisVersion() {
        assertThat(verdict("\"3-16\", \"3-17\"", null, NONE, NONE)).isEqualTo(Verdict.SEND);
        assertThat(verdict("*", null, NONE, NONE)).isEqualTo(Verdict.SEND);
        assertThat(verdict("\"3-16\"", null, NONE, NONE)).isEqualTo(Verdict.FAILED);
        // If-Match uses the strong comparison.
        assertThat(verdict("W/\"3-17\"", null, NONE, NONE)).isEqualTo(Verdict.FAILED);
    }

    @Test
    void ifNoneMatchSparesTheBody() {
        assertThat(verdict(null, "\"3-17\"", NONE, NONE)).isEqualTo(Verdict.NOT_MODIFIED);
        assertThat(verdict(null, "\"3-16\"", NONE, NONE)).isEqualTo(Verdict.SEND);
    }

    @Test
    void datesCountToTheSecond() {
        assertThat(verdict(null, null, OptionalLong.of(CREATED_SECOND), NONE)).isEqualTo(Verdict.NOT_MODIFIED);
        assertThat(verdict(null, null, OptionalLong.of(CREATED_SECOND - 1000), NONE))
                .isEqualTo(Verdict.SEND);
        assertThat(verdict(null, null, NONE, OptionalLong.of(CREATED_SECOND))).isEqualTo(Verdict.SEND);
        assertThat(verdict(null, null, NONE, OptionalLong.of(CREATED_SECOND - 1000)))
                .isEqualTo(Verdict.FAILED);
    }

    @Test
    void aLaterDateIsNoProofThatTheReaderHasThisVersion() {
        assertThat(verdict(null, null, OptionalLong.of(CREATED_SECOND + 5000), NONE))
                .isEqualTo(Verdict.SEND);
    }

    @Test
    void aDateInTheFutureIsNoneThatAReaderCanHaveBeenTold() {
        String date = "Tue, 14 Nov 2023 22:13:20 GMT";
        ReadConditions known = ReadConditions.of(Map.of("If-Modified-Since", date)::get, CREATED_SECOND);
        assertThat(known.verdict(Version.parse("3-17"), CREATED)).isEqualTo(Verdict.NOT_MODIFIED);
        ReadConditions early = ReadConditions.of(Map.of("If-Modified-Since", date)::get, CREATED_SECOND - 1);
        assertThat(early.verdict(Version.parse("3-17"), CREATED)).isEqualTo(Verdict.SEND);
    }

    @Test
    void anETagGoesBeforeADate() {
        assertThat(verdict(null, "\"3-16\"", OptionalLong.of(CREATED_SECOND), NONE))
                .isEqualTo(Verdict.SEND);
        assertThat(verdict("\"3-17\"", null, NONE, OptionalLong.of(0))).isEqualTo(Verdict.SEND);
    }
}
