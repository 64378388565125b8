# Terraform's AWS provider against Batchyard. Not run by the tests. Run it after: eval "$(batchyard env)"
# The endpoint and the access key come from AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.22"
    }
  }
}

provider "aws" {
  region                      = "us-east-1"
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
  skip_credentials_validation = true
}

resource "aws_batch_job_definition" "hello" {
  name = "hello-terraform"
  type = "container"

  container_properties = jsonencode({
    image   = "busybox"
    command = ["echo", "hello from Terraform"]
    resourceRequirements = [
      { type = "VCPU", value = "1" },
      { type = "MEMORY", value = "64" }
    ]
  })
}
