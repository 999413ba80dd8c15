package org.craq.manager;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;
import org.craq.manager.admin.AdminResource;
import org.craq.manager.admin.AuthResource;
import org.craq.manager.admin.ChainChangesResource;
import org.craq.manager.admin.CountedAnswers;
import org.craq.manager.admin.ManagerAccess;
import org.craq.manager.admin.QuotasResource;
import org.craq.manager.admin.UsersResource;
import org.craq.manager.routing.FileRedirects;
import org.craq.server.CraqExceptionMapper;
import org.craq.server.LogLevelsResource;
import org.craq.server.OpenApiResource;
import org.craq.server.UnexpectedExceptionMapper;

/** The manager's REST interface. */
@ApplicationPath("/v1")
public class RestApplication extends Application {
    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(
                AdminResource.class,
                ChainChangesResource.class,
                AuthResource.class,
                UsersResource.class,
                QuotasResource.class,
                ManagerAccess.class,
                FileRedirects.class,
                CountedAnswers.class,
                LogLevelsResource.class,
                OpenApiResource.class,
                CraqExceptionMapper.class,
                UnexpectedExceptionMapper.class);
    }
}
