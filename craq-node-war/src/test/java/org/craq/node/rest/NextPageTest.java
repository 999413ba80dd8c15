package org.craq.node.rest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NextPageTest {
    @Test
    void theLinkRepeatsTheQuestionFromWhereThePageEnds() {
        assertThat(NextPage.link("prefix=a%26b/&limit=2&cursor=old&delimiter=/", "new"))
                .contains("<?prefix=a%26b/&limit=2&delimiter=/&cursor=new>; rel=\"next\"");
        assertThat(NextPage.link("versions", "3-7")).contains("<?versions&cursor=3-7>; rel=\"next\"");
        assertThat(NextPage.link(null, "a=")).contains("<?cursor=a%3D>; rel=\"next\"");
    }

    @Test
    void nothingOfTheQueryEndsTheLink() {
        assertThat(NextPage.link("prefix=>;<", "c")).contains("<?prefix=%3E;%3C&cursor=c>; rel=\"next\"");
        assertThat(NextPage.link("prefix=\u00e4\u010a\"\r\n", "c"))
                .contains("<?prefix=%C3%A4%C4%8A%22%0D%0A&cursor=c>; rel=\"next\"");
    }

    @Test
    void theLastPageHasNone() {
        assertThat(NextPage.link("limit=2&cursor=old", "")).isEmpty();
    }
}
