package org.craq.node.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.junit.jupiter.api.Test;

class PreconditionsTest {
    private static final FileName NAME = new FileName("a");

    @Test
    void headersBecomeConditions() {
        assertThat(Preconditions.of(NAME, null, null, null)).isEmpty();
        assertThat(Preconditions.of(NAME, "\"3-17\"", null, null))
                .containsExactly(new Condition.IsVersion(NAME, Version.parse("3-17")));
        assertThat(Preconditions.of(NAME, "*", null, null)).containsExactly(new Condition.Exists(NAME));
        assertThat(Preconditions.of(NAME, null, "*", null)).containsExactly(new Condition.IsAbsent(NAME));
    }

    @Test
    void aBadHeaderIsNamed() {
        for (String wrong : List.of("3-17", "\"3-17", "\"3-17\" \"3-18\"", "*, \"3-17\"", "w/\"3-17\"", "", " ")) {
            assertThatThrownBy(() -> Preconditions.of(NAME, wrong, null, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("If-Match");
            assertThatThrownBy(() -> Preconditions.of(NAME, null, wrong, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("If-None-Match");
        }
    }

    @Test
    void ifMatchIsAListOfWhichWeakTagsAndThoseOfOthersMatchNothing() {
        assertThat(Preconditions.of(NAME, "\"3-17\" ,, \"3-18\",", null, null))
                .containsExactly(new Condition.IsOneOf(NAME, Set.of(version("3-17"), version("3-18"))));
        assertThat(Preconditions.of(NAME, "W/\"3-17\", \"3-18\"", null, null))
                .containsExactly(new Condition.IsVersion(NAME, version("3-18")));
        for (String never : List.of("W/\"3-17\"", "\"x\"", "\"\"", "\"03-17\"", "\"a,b\"", "\"3-17-gzip\"")) {
            assertThat(Preconditions.of(NAME, never, null, null))
                    .as(never)
                    .containsExactly(new Condition.IsOneOf(NAME, Set.of()));
        }
    }

    @Test
    void ifNoneMatchIsAListOfWhichWeakTagsCountAsWell() {
        assertThat(Preconditions.of(NAME, null, "\"3-17\", W/\"3-18\", \"x\"", null))
                .containsExactly(new Condition.IsNoneOf(NAME, Set.of(version("3-17"), version("3-18"))));
        assertThat(Preconditions.of(NAME, null, "\"x\"", null)).isEmpty();
    }

    @Test
    void aDateCountsOnlyWithoutIfMatchAndBeforeIfNoneMatch() {
        Condition.UnmodifiedSince dated = new Condition.UnmodifiedSince(NAME, 784_111_777);
        for (String date : List.of(
                "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994")) {
            assertThat(Preconditions.of(NAME, null, null, date)).as(date).containsExactly(dated);
            assertThat(Preconditions.of(NAME, "*", null, date)).containsExactly(new Condition.Exists(NAME));
            assertThat(Preconditions.of(NAME, null, "*", date)).containsExactly(dated, new Condition.IsAbsent(NAME));
        }
        assertThat(Preconditions.of(NAME, null, null, "Wed, 01 Jan 1902 00:00:00 GMT"))
                .containsExactly(new Condition.UnmodifiedSince(NAME, -2_145_916_800));
    }

    @Test
    void whatIsNoDateIsPassedOver() {
        for (String none : List.of("", "yesterday", "1994-11-06", "Sun, 06 Nov 1994 08:49:37 +0000", "0")) {
            assertThat(Preconditions.of(NAME, null, null, none)).as(none).isEmpty();
        }
    }

    private static Version version(String text) {
        return Version.parse(text);
    }

    @Test
    void aReaderThatKnowsTheVersionIsRecognized() {
        Version version = Version.parse("3-17");
        assertThat(Preconditions.known("\"3-16\", \"3-17\"", version)).isTrue();
        assertThat(Preconditions.known("W/\"3-17\"", version)).isTrue();
        assertThat(Preconditions.known("\"3-18\"", version)).isFalse();
        assertThat(Preconditions.known(null, version)).isFalse();
    }
}
