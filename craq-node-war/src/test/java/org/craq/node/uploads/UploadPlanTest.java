package org.craq.node.uploads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.craq.core.file.FileName;
import org.craq.core.replica.Condition;
import org.craq.node.rest.UploadsResource;
import org.craq.wire.CraqException;
import org.junit.jupiter.api.Test;

/** The contents and the names of an upload's files. */
class UploadPlanTest {
    private static UploadPlan plan(OptionalLong length, String ifMatch, String ifNoneMatch) {
        return new UploadPlan(
                new FileName("a/b"),
                UploadMetadata.parse("filetype dGV4dC9wbGFpbg=="),
                length,
                new UploadConditions(ifMatch, ifNoneMatch, ""),
                false);
    }

    @Test
    void isReadAsItWasKept() {
        UploadPlan open = plan(OptionalLong.empty(), "", "*");
        UploadPlan complete = plan(OptionalLong.of(7), "\"1-2\"", "").completed();
        assertThat(UploadPlan.of(open.kept())).isEqualTo(open);
        assertThat(UploadPlan.of(open.withLength(9).kept())).isEqualTo(open.withLength(9));
        assertThat(UploadPlan.of(complete.kept())).isEqualTo(complete);
    }

    @Test
    void aDateIsKeptAsWellAndAPlanFromBeforeHasNone() {
        UploadPlan dated = new UploadPlan(
                new FileName("a"),
                UploadMetadata.parse(""),
                OptionalLong.of(1),
                UploadConditions.of(Map.of("If-Unmodified-Since", "Sat, 01 Jan 2000 00:00:00 GMT")::get),
                false);
        assertThat(UploadPlan.of(dated.kept())).isEqualTo(dated);
        assertThat(dated.whole(new UploadId(UUID.randomUUID())).conditions())
                .containsExactly(new Condition.UnmodifiedSince(new FileName("a"), 946_684_800));
        assertThat(UploadPlan.of(Map.of("file", "a", "if-match", "*", "if-none-match", ""))
                        .conditions())
                .isEqualTo(new UploadConditions("*", "", ""));
    }

    @Test
    void aConditionThatSaysNothingIsRefused() {
        assertThatThrownBy(() -> UploadConditions.of(Map.of("If-Match", " ")::get))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("If-Match is empty");
    }

    @Test
    void isRefusedAtOnceWhenTheFileCouldNotBeWritten() {
        assertThatThrownBy(() -> plan(OptionalLong.of(1), "1-2", "").check()).hasMessageContaining("If-Match");
        assertThatThrownBy(() -> plan(OptionalLong.of(1), "", "1-2").check()).hasMessageContaining("If-None-Match");
    }

    @Test
    void partsFollowThePlanInTheOrderOfTheirOffsets() {
        UploadId id = new UploadId(UUID.randomUUID());
        assertThat(id.plan()).isLessThan(id.part(0));
        assertThat(id.part(9)).isLessThan(id.part(10));
        assertThat(id.part(1 << 20)).isLessThan(id.part(1L << 40));
        assertThat(id.part(5).own()).isTrue();
        assertThat(UploadId.of(id.part(5))).isEqualTo(id);
        assertThat(UploadId.of(id.plan())).isEqualTo(id);
        assertThat(id.isPlan(id.part(0))).isFalse();
    }

    @Test
    void isFoundRightBehindAnyProxy() {
        UploadId id = new UploadId(UUID.randomUUID());
        for (String path : List.of("/v1/uploads", "/v1/uploads/", "/v1/uploads/a", "/v1/uploads/docs/film%2F1.mp4")) {
            for (String proxy : List.of("http://127.0.0.1:8081", "https://files.example.com/craq/n1")) {
                URI made = URI.create(proxy + path);
                assertThat(made.resolve(UploadsResource.location(path, id)))
                        .isEqualTo(URI.create(proxy + "/v1/uploads/" + id));
            }
        }
    }

    @Test
    void onlyAnIdInItsOneFormNamesAnUpload() {
        String id = UUID.randomUUID().toString();
        assertThat(UploadId.parse(id)).hasToString(id);
        for (String wrong :
                new String[] {"", "x", id.toUpperCase(java.util.Locale.ROOT) + "0", "1-1-1-1-1", id + "/0"}) {
            assertThatThrownBy(() -> UploadId.parse(wrong)).isInstanceOf(CraqException.class);
        }
    }
}
