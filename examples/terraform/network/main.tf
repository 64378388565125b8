# A network, a launch template, key pairs and placement groups, and a compute environment that names them. Not run by the
# tests. Run it after: eval "$(batchyard env)", with TF_VAR_public_key="$(cat ~/.ssh/id_ed25519.pub)"
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.22"
    }
  }
}

variable "public_key" {
  type        = string
  description = "An RSA or ED25519 key in OpenSSH's form"
}

provider "aws" {
  region                  = "us-east-1"
  skip_metadata_api_check = true
  skip_region_validation  = true
  default_tags { tags = { team = "hpc" } }
}

resource "aws_vpc" "main" {
  cidr_block                       = "10.20.0.0/16"
  enable_dns_hostnames             = true
  assign_generated_ipv6_cidr_block = true
  tags                             = { Name = "main" }
}

data "aws_availability_zones" "here" { state = "available" }

resource "aws_subnet" "a" {
  count                                       = 2
  vpc_id                                      = aws_vpc.main.id
  cidr_block                                  = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  ipv6_cidr_block                             = cidrsubnet(aws_vpc.main.ipv6_cidr_block, 8, count.index)
  availability_zone                           = data.aws_availability_zones.here.names[count.index]
  map_public_ip_on_launch                     = true
  assign_ipv6_address_on_creation             = true
  private_dns_hostname_type_on_launch         = "resource-name"
  enable_resource_name_dns_a_record_on_launch = true
}

resource "aws_security_group" "batch" {
  name        = "batch"
  description = "Of instances"
  vpc_id      = aws_vpc.main.id
  ingress {
    description = "ssh"
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8", "192.168.0.0/16"]
  }
  ingress {
    from_port = 0
    to_port   = 0
    protocol  = "-1"
    self      = true
  }
  egress {
    from_port        = 0
    to_port          = 0
    protocol         = "-1"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }
}

resource "aws_security_group" "other" {
  name_prefix = "other-"
  vpc_id      = aws_vpc.main.id
  ingress {
    from_port       = 443
    to_port         = 443
    protocol        = "tcp"
    security_groups = [aws_security_group.batch.id]
  }
}

resource "aws_key_pair" "deployer" {
  key_name   = "deployer"
  public_key = var.public_key
}

resource "aws_key_pair" "second" {
  key_name_prefix = "second-"
  public_key      = var.public_key
  tags            = { kind = "second" }
}

resource "aws_placement_group" "cluster" {
  name     = "cluster"
  strategy = "cluster"
}

resource "aws_placement_group" "parts" {
  name     = "parts"
  strategy = "partition"
}

resource "aws_placement_group" "spread" {
  name     = "spread"
  strategy = "spread"
}

# Batch adds parts of its own to user data, so that it wants them in MIME's multipart form, also where they are one script.
locals {
  user_data = <<-EOT
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="part"

    --part
    Content-Type: text/x-shellscript; charset="us-ascii"

    #!/bin/sh
    echo hello
    --part--
  EOT
}

resource "aws_launch_template" "batch" {
  name_prefix            = "batch-"
  description            = "first"
  image_id               = "ami-0123456789abcdef0"
  instance_type          = "c5.large"
  ebs_optimized          = true
  key_name               = aws_key_pair.deployer.key_name
  user_data              = base64encode(local.user_data)
  update_default_version = true
  vpc_security_group_ids = [aws_security_group.batch.id]
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size           = 100
      volume_type           = "gp3"
      delete_on_termination = true
      encrypted             = true
      iops                  = 3000
      throughput            = 125
    }
  }
  iam_instance_profile { name = "ecsInstanceRole" }
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
    instance_metadata_tags      = "enabled"
  }
  monitoring { enabled = true }
  placement { group_name = aws_placement_group.cluster.name }
  cpu_options {
    core_count       = 1
    threads_per_core = 1
  }
  instance_market_options {
    market_type = "spot"
    spot_options {
      max_price          = "0.05"
      spot_instance_type = "one-time"
    }
  }
  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "batch" }
  }
}

resource "aws_launch_template" "efa" {
  name = "efa"
  network_interfaces {
    device_index                = 0
    network_card_index          = 0
    interface_type              = "efa"
    associate_public_ip_address = false
    delete_on_termination       = true
    security_groups             = [aws_security_group.batch.id]
    subnet_id                   = aws_subnet.a[0].id
  }
  instance_requirements {
    vcpu_count { min = 2 }
    memory_mib {
      min = 4096
      max = 8192
    }
    instance_generations = ["current"]
    memory_gib_per_vcpu {
      min = 1.5
      max = 4
    }
  }
}

resource "aws_batch_compute_environment" "network" {
  compute_environment_name = "in-network"
  type                     = "MANAGED"
  service_role             = "arn:aws:iam::123456789012:role/batch"
  compute_resources {
    type               = "EC2"
    instance_role      = "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole"
    instance_type      = ["optimal"]
    max_vcpus          = 64
    ec2_key_pair       = aws_key_pair.deployer.key_name
    subnets            = aws_subnet.a[*].id
    security_group_ids = [aws_security_group.batch.id]
    placement_group    = aws_placement_group.cluster.name
    launch_template {
      launch_template_id = aws_launch_template.batch.id
      version            = "$Latest"
    }
  }
}
