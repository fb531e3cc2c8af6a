# The portal for production: no SDK, no shell history, no database inside; it takes its server from ConnectionStrings.
#   docker build -t securebase .
#   docker run --rm securebase --help

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
ENV CI=true DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

# Packages first: this layer is kept until a project or lock file changes.
COPY Directory.Build.props Directory.Packages.props ./
COPY SecureBase.Core/SecureBase.Core.csproj SecureBase.Core/packages.lock.json SecureBase.Core/
COPY SecureBase.Portal/SecureBase.Portal.csproj SecureBase.Portal/packages.lock.json SecureBase.Portal/
COPY SecureBase.Portal/Build/ SecureBase.Portal/Build/
RUN dotnet restore SecureBase.Portal

# The isolation certificate of this build, if its tests have run before.
COPY .editorconfig artifacts/isolation-certificate.jso[n] ./
COPY SecureBase.Core/ SecureBase.Core/
COPY SecureBase.Portal/ SecureBase.Portal/
RUN dotnet publish SecureBase.Portal --configuration Release --no-restore --output /app \
    && if [ -f isolation-certificate.json ]; then cp isolation-certificate.json /app/; fi

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS portal
WORKDIR /app
COPY --from=build /app ./

# Generated role passwords and the like; nothing else is ever written.
RUN install --directory --owner="$APP_UID" --mode=0700 /data
VOLUME /data

ENV ASPNETCORE_ENVIRONMENT=Production \
    ASPNETCORE_HTTP_PORTS=8080 \
    SecureBase__DataDirectory=/data
USER $APP_UID
EXPOSE 8080

# The image has no curl; bash can ask too.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["/bin/bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/live HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]

ENTRYPOINT ["dotnet", "SecureBase.Portal.dll"]
